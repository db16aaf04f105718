/// What finds entities of some types.
package protocol Recognizer: Sendable {
    /// Appends what it finds, in any order; spans may overlap.
    func find(in text: UnsafeBufferPointer<UInt8>, into entities: inout [Entity])
}
