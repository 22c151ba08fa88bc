/// A binary heap whose order is asked for anew at every push and pop.
///
/// The order may depend on state that changes between calls. As in Volcano, elements that are inside are not moved
/// when it does; the sifting is that of Go's container/heap, so that even then the same element comes out.
struct PriorityHeap<Element> {
    private var elements: [Element] = []

    /// True when nothing is inside.
    var isEmpty: Bool { elements.isEmpty }

    /// Puts an element in. - Complexity: O(log n) comparisons.
    mutating func push(_ element: Element, isBefore: (Element, Element) -> Bool) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !isBefore(elements[child], elements[parent]) { break }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the first element out; `nil` when nothing is inside. - Complexity: O(log n) comparisons.
    mutating func pop(isBefore: (Element, Element) -> Bool) -> Element? {
        guard let last = elements.indices.last else { return nil }
        elements.swapAt(0, last)
        let first = elements.removeLast()
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= elements.count { return first }
            if child + 1 < elements.count, isBefore(elements[child + 1], elements[child]) { child += 1 }
            if !isBefore(elements[child], elements[parent]) { return first }
            elements.swapAt(parent, child)
            parent = child
        }
    }
}
