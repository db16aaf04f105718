/// What finds names of people and places around the entities that have a form of their own.
package protocol NameFinding: Sendable {
    /// Appends what it finds, in any order; `structured` is ascending and disjoint.
    func find(in text: UnsafeBufferPointer<UInt8>, around structured: [Entity], into entities: inout [Entity])
}
