import Allocator
import ClusterModel
import TestSupport
import Testing

@Suite("Marks rule nodes out as pods come and go") struct MarkTests {
    private let pod = Pod.waiting("p", 1_000)
    private let taken = "node(s) didn't have free ports for the requested pod ports"

    private func each(nodes: Int, _ test: (inout any PodAllocator) -> Void) {
        let filters: NodeFilters = [.nodeReady, .nodeUnschedulable, .nodeAffinity, .podCount]
        let kernels: [ScoreKernel] = [.mostAllocated(weight: 1)]
        var reference: any PodAllocator = ReferenceAllocator(filters: filters, kernels: kernels)
        var indexed: any PodAllocator = IndexedAllocator(filters: filters, kernels: kernels)
        for number in 0..<nodes {
            reference.addNode(.of("n\(10_000 + number)"))
            indexed.addNode(.of("n\(10_000 + number)"))
        }
        test(&reference)
        test(&indexed)
    }

    /// Few enough nodes to be looked at one by one, and more.
    private func each(_ test: (inout any PodAllocator) -> Void) {
        each(nodes: 4, test)
        each(nodes: 40, test)
    }

    @Test("a shape goes nowhere where there is a mark that it avoids, others do") func avoiding() {
        each { allocator in
            let mark = allocator.makeMark(refusal: taken)
            allocator.setMark(mark, on: 0, to: true)
            let shape = allocator.intern(pod, avoiding: [mark], requiring: [])
            let other = allocator.intern(pod)
            #expect(shape != other)
            #expect(allocator.bestNode(for: shape)?.node == 1)
            #expect(allocator.placement(of: shape, on: 0) == nil)
            #expect(allocator.bestNode(for: other)?.node == 0)
            #expect(allocator.room(for: shape) == allocator.room(for: other) - 10)
            allocator.setMark(mark, on: 0, to: false)
            #expect(allocator.bestNode(for: shape)?.node == 0)
            for node in allocator.nodesByName { allocator.setMark(mark, on: node, to: true) }
            #expect(allocator.bestNode(for: shape) == nil)
            #expect(allocator.room(for: shape) == 0)
        }
    }

    @Test("a shape goes only where there are all marks that it requires") func requiring() {
        each { allocator in
            let marks = [allocator.makeMark(refusal: "one"), allocator.makeMark(refusal: "two")]
            let shape = allocator.intern(pod, avoiding: [], requiring: marks)
            #expect(allocator.bestNode(for: shape) == nil)
            allocator.setMark(marks[0], on: 1, to: true)
            allocator.setMark(marks[1], on: 2, to: true)
            #expect(allocator.bestNode(for: shape) == nil)
            allocator.setMark(marks[0], on: 2, to: true)
            #expect(allocator.bestNode(for: shape)?.node == 2)
            #expect(allocator.diagnosis.refusals(of: shape, on: 0) == [.mark("one")])
            #expect(allocator.diagnosis.refusals(of: shape, on: 1) == [.mark("two")])
        }
    }

    @Test("the same marks in another order are the same shape") func sameShape() {
        each { allocator in
            let (one, two) = (allocator.makeMark(refusal: "one"), allocator.makeMark(refusal: "two"))
            let shape = allocator.intern(pod, avoiding: [one, two], requiring: [])
            #expect(allocator.intern(pod, avoiding: [two, one, two], requiring: []) == shape)
            #expect(allocator.intern(pod, avoiding: [one], requiring: [two]) != shape)
        }
    }

    @Test("a node that changes keeps its marks, one that is removed takes them with it") func nodes() {
        each { allocator in
            let mark = allocator.makeMark(refusal: taken)
            let shape = allocator.intern(pod, avoiding: [mark], requiring: [])
            #expect(allocator.bestNode(for: shape)?.node == 0)
            allocator.setMark(mark, on: 0, to: true)
            allocator.updateNode(0, to: .of("n10000", labels: ["zone": "a"]))
            allocator.configure(filters: [], kernels: [])
            #expect(allocator.bestNode(for: shape)?.node == 1)
            allocator.removeNode(0)
            #expect(allocator.addNode(.of("n10000")) == 0)
            #expect(allocator.bestNode(for: shape)?.node == 0)
        }
    }

    @Test("a diagnosis counts the nodes that marks rule out, and no shortage there") func diagnosis() {
        each { allocator in
            let mark = allocator.makeMark(refusal: taken)
            let shape = allocator.intern(
                .waiting("p", 20_000), avoiding: [mark], requiring: [])
            allocator.setMark(mark, on: 0, to: true)
            let counts = allocator.diagnosis.refusalCounts(of: shape)
            #expect(counts == [.mark(taken): 1, .insufficient(.cpu): allocator.nodeCount - 1])
            #expect(NodeRefusal.mark(taken).description == taken)
            #expect(allocator.diagnosis.headroom(for: shape).limits == counts)
        }
    }

    @Test("1,000 pods that exclude each other go to 1,000 of 5,000 nodes, the first by name") func exclusive()
    {
        var allocator = IndexedAllocator(filters: [.podCount], kernels: [.mostAllocated(weight: 1)])
        for number in 0..<5_000 { allocator.addNode(.of("n\(10_000 + number)")) }
        let mark = allocator.makeMark(refusal: taken)
        let shape = allocator.intern(pod, avoiding: [mark], requiring: [])
        let places = (0..<1_000).compactMap { _ in
            allocator.bestNode(for: shape).map { place in
                allocator.take(place, for: shape)
                allocator.setMark(mark, on: place.node, to: true)
                return place.node
            }
        }
        #expect(places == Array(0..<1_000))
        #expect(allocator.room(for: shape) == 40_000)
        // The pods leave, last come first gone, as when a gang is undone.
        for node in places.reversed() {
            allocator.setMark(mark, on: node, to: false)
            allocator.giveBack(Placement(node: node, kind: .allocate), for: shape)
        }
        #expect(allocator.bestNode(for: shape)?.node == 0)
        #expect(allocator.room(for: shape) == 50_000)
    }
}

@Suite("A check on the candidate takes the best node that it accepts") struct CandidateCheckTests {
    private func each(_ test: (inout any PodAllocator) -> Void) {
        for count in [4, 40] {
            var reference: any PodAllocator = ReferenceAllocator(filters: [], kernels: [])
            var indexed: any PodAllocator = IndexedAllocator(filters: [], kernels: [])
            for number in 0..<count {
                reference.addNode(.of("n\(10 + number)"))
                indexed.addNode(.of("n\(10 + number)"))
            }
            test(&reference)
            test(&indexed)
        }
    }

    @Test("candidates are shown best first, and those that were refused are there for the next pod")
    func order() {
        each { allocator in
            let shape = allocator.intern(.waiting("p"))
            var shown: [Int] = []
            let place = allocator.bestNode(for: shape) { node in
                shown.append(node)
                return node == 2
            }
            #expect(place == Placement(node: 2, kind: .allocate))
            #expect(shown == [0, 1, 2])
            #expect(allocator.bestNode(for: shape)?.node == 0)
        }
    }

    @Test("where it accepts none, nothing is found and nothing has changed") func none() {
        each { allocator in
            let shape = allocator.intern(.waiting("p"))
            allocator.take(Placement(node: 0, kind: .allocate), for: shape)
            let room = allocator.room(for: shape)
            #expect(allocator.bestNode(for: shape) { _ in false } == nil)
            #expect(allocator.room(for: shape) == room)
            #expect(allocator.bestNode(for: shape)?.node == 0)
        }
    }
}
