import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Wire

extension Response {
    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        .whole(Array(text.utf8), "text/html; charset=utf-8", status: status)
    }

    static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        .whole(value.bytes(), "application/json", status: status)
    }

    static func text(_ text: String, _ contentType: String) -> Response {
        .whole(Array(text.utf8), contentType, status: .ok)
    }

    /// A browser saves it.
    ///
    /// - Parameter name: letters, digits, `_`, `-` and `.` only.
    static func file(_ bytes: [UInt8], _ contentType: String, name: String) -> Response {
        var response = whole(bytes, contentType, status: .ok)
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }

    /// An error in the shape of the OpenAI wire.
    static func error(_ error: AdminError, in language: Language) -> Response {
        let status = error.status
        let type = status >= 500 ? "server_error" : "invalid_request_error"
        var bytes: [UInt8] = []
        OpenAIErrorBody(
            message: error.message[language], type: type, parameter: error.parameter, code: error.code
        ).write(to: &bytes)
        var response = whole(bytes, "application/json", status: HTTPResponse.Status(code: status))
        // RFC 9110, section 15.5.2: a 401 names the scheme that is expected.
        if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private static func whole(
        _ bytes: [UInt8], _ contentType: String, status: HTTPResponse.Status
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension Request {
    var language: Language { Language(acceptLanguage: headers[.acceptLanguage]) }

    /// A header field that HTTPTypes has no name for.
    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
