/// Go's `container/heap`: an element's place is looked at again only when it is pushed or popped (5).
struct OracleHeap<Element> {
    private var elements: [Element] = []
    private let precedes: (Element, Element) -> Bool

    init(_ elements: [Element] = [], by precedes: @escaping (Element, Element) -> Bool) {
        self.precedes = precedes
        for element in elements { push(element) }
    }

    var isEmpty: Bool { elements.isEmpty }

    mutating func push(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, precedes(elements[child], elements[(child - 1) / 2]) {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Element? {
        if elements.isEmpty { return nil }
        elements.swapAt(0, elements.count - 1)
        let first = elements.removeLast()
        var parent = 0
        while 2 * parent + 1 < elements.count {
            var child = 2 * parent + 1
            if child + 1 < elements.count, precedes(elements[child + 1], elements[child]) { child += 1 }
            if !precedes(elements[child], elements[parent]) { break }
            elements.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
