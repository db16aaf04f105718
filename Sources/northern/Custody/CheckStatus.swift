import ArgumentParser
import Foundation

/// What a command that checks ends with, so that a script can tell.
enum CheckStatus: Int32 {
    case good = 0
    /// Something is wrong with what was checked.
    case wrong = 1
    /// It could not be checked, or not all of it, because of what the command was given.
    case unchecked = 2
    /// What is to be checked could not be reached: trouble of a network or a disk.
    case unreachable = 3

    static let help = """
        It ends with 0 if all is well, 1 if something is wrong, 2 if it can't be told from what was given, 3 if something \
        can't be reached.
        """
}

/// Ends a command with its status, and with a sentence for what kept it from checking.
func checking(_ work: () async throws -> CheckStatus) async throws {
    let status: CheckStatus
    do {
        status = try await work()
    } catch let error as LogUnreachable {
        complain(error)
        status = .unreachable
    } catch let error as CleanExit {
        throw error
    } catch {
        complain(error)
        status = .unchecked
    }
    // Output to a pipe is held back otherwise.
    fflush(nil)
    if status != .good { throw ExitCode(status.rawValue) }
}

func complain(_ error: any Error) {
    FileHandle.standardError.write(Data("northern: \(error)\n".utf8))
}
