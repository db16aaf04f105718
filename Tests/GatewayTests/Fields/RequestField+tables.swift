/// The documented members of each surface's requests.
extension RequestField {
    static let ofChat = rows(
        #"""
        max_completion_tokens | "max_completion_tokens": 50
        max_tokens | "max_tokens": 50
        temperature | "temperature": 0.5
        top_p | "top_p": 0.5
        top_p: beside temperature | "top_p": 0.5 | "temperature": 0.5
        top_k | "top_k": 5
        n: 1 | "n": 1
        n: 2 | "n": 2
        stop | "stop": ["x"]
        seed | "seed": 7
        presence_penalty | "presence_penalty": 0.5
        frequency_penalty | "frequency_penalty": 0.5
        logit_bias | "logit_bias": {"50256": -100}
        logprobs | "logprobs": true
        top_logprobs | "top_logprobs": 2
        stream | "stream": true
        stream_options.include_usage | "stream_options": {"include_usage": true} | "stream": true
        stream_options.include_obfuscation | "stream_options": {"include_obfuscation": false} | "stream": true
        tools | "tools": [CHAT_TOOL]
        tools[].function.strict | "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA, "strict": true}}] | "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}]
        tools[].cache_control | "tools": [{"type": "function", "function": {"name": "f"}, "cache_control": {"type": "ephemeral"}}] | "tools": [{"type": "function", "function": {"name": "f"}}]
        tools[].custom | "tools": [{"type": "custom", "custom": {"name": "sql", "description": "d", "format": {"type": "text"}}}]
        tool_choice: none | "tool_choice": "none" | "tools": [CHAT_TOOL]
        tool_choice: auto | "tool_choice": "auto" | "tools": [CHAT_TOOL]
        tool_choice: required | "tool_choice": "required" | "tools": [CHAT_TOOL]
        tool_choice.function | "tool_choice": {"type": "function", "function": {"name": "f"}} | "tools": [CHAT_TOOL]
        tool_choice.custom | "tool_choice": {"type": "custom", "custom": {"name": "sql"}} | "tools": [{"type": "custom", "custom": {"name": "sql"}}]
        tool_choice.allowed_tools | "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]}} | "tools": [CHAT_TOOL]
        parallel_tool_calls: true | "parallel_tool_calls": true | "tools": [CHAT_TOOL]
        parallel_tool_calls: false | "parallel_tool_calls": false | "tools": [CHAT_TOOL]
        response_format: text | "response_format": {"type": "text"}
        response_format: json_object | "response_format": {"type": "json_object"}
        response_format.json_schema | "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}
        response_format.json_schema.name | "response_format": {"type": "json_schema", "json_schema": {"name": "other", "schema": SCHEMA}} | "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}
        response_format.json_schema.description | "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "description": "d"}} | "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}
        response_format.json_schema.strict | "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": true}} | "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}
        reasoning_effort: none | "reasoning_effort": "none"
        reasoning_effort: low | "reasoning_effort": "low"
        reasoning_effort: high | "reasoning_effort": "high"
        verbosity | "verbosity": "low"
        modalities: text | "modalities": ["text"]
        modalities: audio | "modalities": ["text", "audio"], "audio": {"format": "wav", "voice": "alloy"}
        prediction | "prediction": {"type": "content", "content": "guess"}
        service_tier: auto | "service_tier": "auto"
        service_tier: default | "service_tier": "default"
        service_tier: flex | "service_tier": "flex"
        service_tier: priority | "service_tier": "priority"
        service_tier: scale | "service_tier": "scale"
        store | "store": true
        metadata | "metadata": {"k": "v"}
        user | "user": "u-1"
        safety_identifier | "safety_identifier": "s-1"
        prompt_cache_key | "prompt_cache_key": "k"
        prompt_cache_options | "prompt_cache_options": {"mode": "implicit", "ttl": "30m"}
        prompt_cache_retention | "prompt_cache_retention": "24h"
        moderation | "moderation": {"model": "omni"}
        web_search_options | "web_search_options": {"search_context_size": "low"}
        functions | "functions": [{"name": "f", "parameters": SCHEMA}]
        function_call | "function_call": {"name": "f"} | "functions": [{"name": "f", "parameters": SCHEMA}]
        messages[].role: system | "messages": [{"role": "system", "content": "be brief"}, ASKED]
        messages[].role: developer | "messages": [{"role": "developer", "content": "be brief"}, ASKED]
        messages[].role: system in the middle | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "system", "content": "be brief"}, {"role": "user", "content": "go on"}]
        messages[].role: assistant | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}]
        messages[].name: user | "messages": [{"role": "user", "content": TEXT, "name": "ann"}]
        messages[].name: system | "messages": [{"role": "system", "content": "be brief", "name": "ann"}, ASKED] | "messages": [{"role": "system", "content": "be brief"}, ASKED]
        messages[].name: assistant | "messages": [ASKED, {"role": "assistant", "content": "a", "name": "ann"}, {"role": "user", "content": "go on"}] | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}]
        messages[].name: tool | "messages": [ASKED, CHAT_CALL, {"role": "tool", "tool_call_id": "call_1", "content": "r", "name": "f"}] | "tools": [CHAT_TOOL], "messages": [ASKED, CHAT_CALL, {"role": "tool", "tool_call_id": "call_1", "content": "r"}]
        messages[].content[].text | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "text", "text": "more"}]}]
        messages[].content[].image_url | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": PNG_URL}}]}]
        messages[].content[].image_url.url: https | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}]
        messages[].content[].image_url.detail | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": PNG_URL, "detail": "low"}}]}] | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": PNG_URL}}]}]
        messages[].content[].input_audio | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}}]}]
        messages[].content[].file.file_data | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "file", "file": {"file_data": PDF_URL}}]}]
        messages[].content[].file.filename | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "file", "file": {"file_data": PDF_URL, "filename": "a.pdf"}}]}] | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "file", "file": {"file_data": PDF_URL}}]}]
        messages[].content[].file.file_id | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "file", "file": {"file_id": "file-1"}}]}]
        messages[].content[].prompt_cache_breakpoint | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT, "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}]}]
        messages[].content[].cache_control | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}]
        messages[].content[].refusal | "messages": [ASKED, {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}, {"role": "user", "content": "why"}]
        messages[].refusal | "messages": [ASKED, {"role": "assistant", "content": null, "refusal": "no"}, {"role": "user", "content": "why"}]
        messages[].tool_calls | "messages": [ASKED, CHAT_CALL, {"role": "tool", "tool_call_id": "call_1", "content": "r"}] | "tools": [CHAT_TOOL]
        messages[].tool_calls[].custom | "messages": [ASKED, {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "sql", "input": "x"}}]}, {"role": "tool", "tool_call_id": "c", "content": "r"}]
        messages[].content[]: of a tool | "messages": [ASKED, CHAT_CALL, {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "r"}]}] | "tools": [CHAT_TOOL]
        messages[].function_call | "messages": [ASKED, {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}}, {"role": "function", "name": "f", "content": "r"}] | "functions": [{"name": "f", "parameters": SCHEMA}]
        messages[].audio | "messages": [ASKED, {"role": "assistant", "content": "a", "audio": {"id": "audio_1"}}, {"role": "user", "content": "go on"}]
        messages[].thinking_blocks | "messages": [ASKED, {"role": "assistant", "content": "a", "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "c2lnLWI4MmUyMTc4ZWNmNGQwYzU4NTlkYzJlMQ=="}]}, {"role": "user", "content": "go on"}] | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}]
        messages[].reasoning_content | "messages": [ASKED, {"role": "assistant", "content": "a", "reasoning_content": "hm"}, {"role": "user", "content": "go on"}] | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}]
        """#)

    static let ofMessages = rows(
        #"""
        max_tokens | "max_tokens": 50
        system | "system": "be brief"
        system[].text | "system": [{"type": "text", "text": "be brief"}]
        system[].cache_control | "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}] | "system": [{"type": "text", "text": "be brief"}]
        stop_sequences | "stop_sequences": ["x"]
        stream | "stream": true
        temperature | "temperature": 0.5
        top_p | "top_p": 0.5
        top_p: beside temperature | "top_p": 0.5 | "temperature": 0.5
        top_k | "top_k": 5
        tools | "tools": [MESSAGES_TOOL]
        tools[].type: custom | "tools": [{"type": "custom", "name": "f", "input_schema": SCHEMA}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[].strict | "tools": [{"name": "f", "input_schema": SCHEMA, "strict": true}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[].cache_control | "tools": [{"name": "f", "input_schema": SCHEMA, "cache_control": {"type": "ephemeral"}}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[].defer_loading | "tools": [{"name": "f", "input_schema": SCHEMA, "defer_loading": true}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[].eager_input_streaming | "tools": [{"name": "f", "input_schema": SCHEMA, "eager_input_streaming": true}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[].input_examples | "tools": [{"name": "f", "input_schema": SCHEMA, "input_examples": [{"a": "b"}]}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[].allowed_callers | "tools": [{"name": "f", "input_schema": SCHEMA, "allowed_callers": ["direct"]}] | "tools": [{"name": "f", "input_schema": SCHEMA}]
        tools[]: web_search | "tools": [{"type": "web_search_20250305", "name": "web_search"}]
        tool_choice: auto | "tool_choice": {"type": "auto"} | "tools": [MESSAGES_TOOL]
        tool_choice: any | "tool_choice": {"type": "any"} | "tools": [MESSAGES_TOOL]
        tool_choice: tool | "tool_choice": {"type": "tool", "name": "f"} | "tools": [MESSAGES_TOOL]
        tool_choice: none | "tool_choice": {"type": "none"} | "tools": [MESSAGES_TOOL]
        tool_choice.disable_parallel_tool_use | "tool_choice": {"type": "auto", "disable_parallel_tool_use": true} | "tools": [MESSAGES_TOOL], "tool_choice": {"type": "auto"}
        thinking: adaptive | "thinking": {"type": "adaptive"}
        thinking: enabled | "thinking": {"type": "enabled", "budget_tokens": 2048} | "max_tokens": 4096
        thinking: between_tools | "thinking": {"type": "between_tools"}
        thinking: disabled | "thinking": {"type": "disabled"}
        thinking.display: summarized | "thinking": {"type": "adaptive", "display": "summarized"} | "thinking": {"type": "adaptive"}
        thinking.display: omitted | "thinking": {"type": "adaptive", "display": "omitted"} | "thinking": {"type": "adaptive"}
        output_config.effort | "output_config": {"effort": "low"}
        output_config.format | "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}
        metadata.user_id | "metadata": {"user_id": "u-1"}
        service_tier: auto | "service_tier": "auto"
        service_tier: standard_only | "service_tier": "standard_only"
        speed: standard | "speed": "standard"
        speed: fast | "speed": "fast"
        cache_control | "cache_control": {"type": "ephemeral"}
        inference_geo | "inference_geo": "us"
        container | "container": "c_1"
        diagnostics | "diagnostics": {"previous_message_id": "msg_1"}
        context_management | "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}
        mcp_servers | "mcp_servers": [{"type": "url", "url": "https://example.com", "name": "m"}]
        messages[].role: system | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "system", "content": "be brief"}, {"role": "user", "content": "go on"}]
        messages[].role: assistant | "messages": [ASKED, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}]
        messages[].content[].text | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "text", "text": "more"}]}]
        messages[].content[].cache_control | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}]
        messages[].content[].citations: of a text | "messages": [ASKED, {"role": "assistant", "content": [{"type": "text", "text": "a", "citations": [{"type": "char_location", "cited_text": "x", "document_index": 0, "start_char_index": 0, "end_char_index": 1}]}]}, {"role": "user", "content": "go on"}] | "messages": [ASKED, {"role": "assistant", "content": [{"type": "text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        messages[].content[]: image, base64 | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}]}]
        messages[].content[]: image, url | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}]}]
        messages[].content[]: image, file | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image", "source": {"type": "file", "file_id": "file_1"}}]}]
        messages[].content[]: document, base64 | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}]
        messages[].content[]: document, text | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "words"}}]}]
        messages[].content[]: document, content | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "words"}]}}]}]
        messages[].content[].title | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "title": "t", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}] | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}]
        messages[].content[].context | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "context": "c", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}] | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}]
        messages[].content[].citations: enabled | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "citations": {"enabled": true}, "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}] | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}]
        messages[].content[]: tool_use | "messages": [ASKED, MESSAGES_CALL, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "r"}]}] | "tools": [MESSAGES_TOOL]
        messages[].content[].content[]: of a tool_result | "messages": [ASKED, MESSAGES_CALL, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": "r"}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}]}]}] | "tools": [MESSAGES_TOOL]
        messages[].content[].is_error | "messages": [ASKED, MESSAGES_CALL, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "r", "is_error": true}]}] | "tools": [MESSAGES_TOOL], "messages": [ASKED, MESSAGES_CALL, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "r"}]}]
        messages[].content[]: thinking | "messages": [ASKED, {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "c2lnLWI4MmUyMTc4ZWNmNGQwYzU4NTlkYzJlMQ=="}, {"type": "text", "text": "a"}]}, {"role": "user", "content": "go on"}] | "messages": [ASKED, {"role": "assistant", "content": [{"type": "text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        messages[].content[]: redacted_thinking | "messages": [ASKED, {"role": "assistant", "content": [{"type": "redacted_thinking", "data": "c2lnLWI4MmUyMTc4ZWNmNGQwYzU4NTlkYzJlMQ=="}, {"type": "text", "text": "a"}]}, {"role": "user", "content": "go on"}] | "messages": [ASKED, {"role": "assistant", "content": [{"type": "text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        messages[].content[]: search_result | "messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "words"}]}]}]
        messages[].content[]: server_tool_use | "messages": [ASKED, {"role": "assistant", "content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}}, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}, {"type": "text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        """#)

    /// What is counted is a message's request; there is no answer to limit or to stream.
    static let ofTokenCount = ofMessages.filter { !["max_tokens", "stream"].contains($0.path) }

    static let ofResponses = rows(
        #"""
        instructions | "instructions": "be brief"
        max_output_tokens | "max_output_tokens": 50
        max_tool_calls | "max_tool_calls": 3
        temperature | "temperature": 0.5
        top_p | "top_p": 0.5
        top_p: beside temperature | "top_p": 0.5 | "temperature": 0.5
        top_logprobs | "top_logprobs": 2
        stream | "stream": true
        stream_options.include_obfuscation | "stream_options": {"include_obfuscation": false} | "stream": true
        tools | "tools": [RESPONSES_TOOL]
        tools[].strict | "tools": [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": true}] | "tools": [{"type": "function", "name": "f", "parameters": SCHEMA}]
        tools[]: custom | "tools": [{"type": "custom", "name": "sql"}]
        tools[]: web_search | "tools": [{"type": "web_search"}]
        tools[]: file_search | "tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]
        tools[]: mcp | "tools": [{"type": "mcp", "server_label": "m", "server_url": "https://example.com"}]
        tool_choice: none | "tool_choice": "none" | "tools": [RESPONSES_TOOL]
        tool_choice: auto | "tool_choice": "auto" | "tools": [RESPONSES_TOOL]
        tool_choice: required | "tool_choice": "required" | "tools": [RESPONSES_TOOL]
        tool_choice: function | "tool_choice": {"type": "function", "name": "f"} | "tools": [RESPONSES_TOOL]
        tool_choice: allowed_tools | "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]} | "tools": [RESPONSES_TOOL, {"type": "function", "name": "g", "parameters": SCHEMA}]
        parallel_tool_calls: true | "parallel_tool_calls": true | "tools": [RESPONSES_TOOL]
        parallel_tool_calls: false | "parallel_tool_calls": false | "tools": [RESPONSES_TOOL]
        text.format: text | "text": {"format": {"type": "text"}}
        text.format: json_object | "text": {"format": {"type": "json_object"}}
        text.format: json_schema | "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}
        text.format.strict | "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": true}} | "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}}
        text.verbosity | "text": {"verbosity": "low"}
        reasoning.effort: low | "reasoning": {"effort": "low"}
        reasoning.effort: none | "reasoning": {"effort": "none"}
        reasoning.summary | "reasoning": {"effort": "low", "summary": "auto"} | "reasoning": {"effort": "low"}
        reasoning.summary: alone | "reasoning": {"summary": "auto"}
        include: reasoning.encrypted_content | "include": ["reasoning.encrypted_content"]
        include: message.output_text.logprobs | "include": ["message.output_text.logprobs"]
        store: true | "store": true
        store: false | "store": false
        background: false | "background": false
        background: true | "background": true
        previous_response_id | "previous_response_id": "resp_1"
        conversation | "conversation": "conv_1"
        prompt | "prompt": {"id": "p_1"}
        metadata | "metadata": {"k": "v"}
        truncation: disabled | "truncation": "disabled"
        truncation: auto | "truncation": "auto"
        user | "user": "u-1"
        safety_identifier | "safety_identifier": "s-1"
        prompt_cache_key | "prompt_cache_key": "k"
        prompt_cache_retention | "prompt_cache_retention": "24h"
        service_tier: auto | "service_tier": "auto"
        service_tier: flex | "service_tier": "flex"
        input: items | "input": [ASKED, {"role": "user", "content": "go on"}]
        input[].role: developer | "input": [{"role": "developer", "content": "be brief"}, ASKED]
        input[].content[].input_text | "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_text", "text": "more"}]}]
        input[].content[]: input_image | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_image", "image_url": PNG_URL}]}]
        input[].content[].image_url: https | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_image", "image_url": "https://example.com/a.png"}]}]
        input[].content[].detail | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_image", "image_url": PNG_URL, "detail": "low"}]}] | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_image", "image_url": PNG_URL}]}]
        input[].content[].file_id | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_file", "file_id": "file-1"}]}]
        input[].content[].file_data | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_file", "file_data": PDF_URL, "filename": "a.pdf"}]}]
        input[].content[].file_url | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_file", "file_url": "https://example.com/a.pdf"}]}]
        input[].content[]: input_audio | "input": [{"role": "user", "content": [{"type": "input_text", "text": TEXT}, {"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}}]}]
        input[].content[]: output_text | "input": [ASKED, {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [{"type": "output_text", "text": "a", "annotations": [], "logprobs": []}]}, {"role": "user", "content": "go on"}]
        input[].content[]: refusal | "input": [ASKED, {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}, {"role": "user", "content": "why"}]
        input[].id | "input": [ASKED, {"type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, {"role": "user", "content": "go on"}] | "input": [ASKED, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        input[].status | "input": [ASKED, {"type": "message", "status": "completed", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, {"role": "user", "content": "go on"}] | "input": [ASKED, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        input[].phase | "input": [ASKED, {"type": "message", "phase": "final_answer", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, {"role": "user", "content": "go on"}] | "input": [ASKED, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]}, {"role": "user", "content": "go on"}]
        input[]: function_call | "input": [ASKED, RESPONSES_CALL, {"type": "function_call_output", "call_id": "call_1", "output": "r"}] | "tools": [RESPONSES_TOOL]
        input[].output[] | "input": [ASKED, RESPONSES_CALL, {"type": "function_call_output", "call_id": "call_1", "output": [{"type": "input_text", "text": "r"}, {"type": "input_image", "image_url": PNG_URL}]}] | "tools": [RESPONSES_TOOL]
        input[]: reasoning | "input": [ASKED, {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "signed:c2lnLWI4MmUyMTc4ZWNmNGQwYzU4NTlkYzJlMQ=="}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}] | "input": [ASKED, {"role": "assistant", "content": "a"}, {"role": "user", "content": "go on"}]
        input[]: item_reference | "input": [ASKED, {"type": "item_reference", "id": "msg_1"}]
        input[]: web_search_call | "input": [ASKED, {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}, {"role": "user", "content": "go on"}]
        """#)

    static let ofEmbeddings = rows(
        #"""
        input: texts | "input": [TEXT, "more"]
        input: tokens | "input": [NUMBER, 2]
        input: lists of tokens | "input": [[NUMBER, 2], [3]]
        dimensions | "dimensions": 256
        encoding_format: float | "encoding_format": "float"
        encoding_format: base64 | "encoding_format": "base64"
        user | "user": "u-1"
        """#)
}
