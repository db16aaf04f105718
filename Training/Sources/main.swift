import Privacy

print("usage: PrivacyTraining build | evaluate GOLD.jsonl")
