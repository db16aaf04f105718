import Foundation
import Glibc

/// The program's own code in memory.
enum ProgramCode {
    /// Unmaps all of it, so that only what is used from now on is mapped again: most of it was for the start alone.
    ///
    /// Nothing is lost and nothing is read anew, since the file stays in the kernel's cache: a page that is needed again is
    /// there within microseconds. The kernel would do the same where memory is short (madvise(2), MADV_DONTNEED).
    static func unmapUntilUsed() {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        // Only what can be executed: code is never written to, while relocated data differs from the file.
        for line in maps.split(separator: "\n") where line.hasSuffix(" \(program)") && line.contains(" r-xp ") {
            let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1], let start = UnsafeMutableRawPointer(bitPattern: bounds[0])
            else { continue }
            madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
