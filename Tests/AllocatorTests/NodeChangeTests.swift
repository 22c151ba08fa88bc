import Allocator
import ClusterModel
import TestSupport
import Testing

@Suite("Nodes come, change and go while pods are placed") struct NodeChangeTests {
    private let pod = Pod.waiting("p", 1_000)

    private func each(_ test: (inout any PodAllocator) -> Void) {
        let kernels: [ScoreKernel] = [.leastAllocated(weight: 1)]
        let filters: NodeFilters = [
            .nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount,
        ]
        var reference: any PodAllocator = ReferenceAllocator(filters: filters, kernels: kernels)
        test(&reference)
        var indexed: any PodAllocator = IndexedAllocator(filters: filters, kernels: kernels)
        test(&indexed)
    }

    private func names(_ allocator: any PodAllocator) -> [String] {
        allocator.nodesByName.map { allocator.node($0).name }
    }

    @Test("the order of nodes is that of their names, however they come") func order() {
        each { allocator in
            // Always between the same two, until there is no number left between their labels.
            allocator.addNode(.of("a"))
            allocator.addNode(.of("c"))
            for number in 0..<100 { allocator.addNode(.of("b\(1_000 - number)")) }
            for number in 0..<100 { allocator.addNode(.of("bb\(1_000 + number)")) }
            let names = names(allocator)
            #expect(names == names.sorted { $0.precedes($1) })
            #expect(names.count == 202)
            let shape = allocator.intern(pod)
            let taken = (0..<202).compactMap { _ in
                allocator.bestNode(for: shape).map { place in
                    allocator.take(place, for: shape)
                    return allocator.node(place.node).name
                }
            }
            #expect(taken == names, "equal nodes fill in the order of their names")
        }
    }

    @Test("the index of a node that has gone is used again, and nothing of it is left") func reuse() {
        each { allocator in
            let first = allocator.addNode(.of("a"))
            let request = allocator.internRequest(of: pod)
            allocator.add(request, to: first, as: .bound)
            allocator.removeNode(first)
            #expect(allocator.nodeCount == 0)
            #expect(allocator.index(ofNode: "a") == nil)
            let shape = allocator.intern(pod)
            #expect(allocator.bestNode(for: shape) == nil)
            #expect(allocator.room(for: shape) == 0)
            let second = allocator.addNode(.of("b", 2_000))
            #expect(second == first)
            #expect(allocator.room(for: shape) == 2)
            #expect(allocator.cluster.requested[ResourceTable.cpu] == [0])
        }
    }

    @Test("what pods hold stays booked when a node offers less, and more than it has may be booked")
    func shrinking() {
        each { allocator in
            let node = allocator.addNode(.of("a", 4_000))
            let request = allocator.internRequest(of: pod)
            for _ in 0..<3 { allocator.add(request, to: node, as: .bound) }
            allocator.updateNode(node, to: .of("a", 2_000))
            #expect(allocator.cluster.idle[ResourceTable.cpu] == [-1_000])
            let shape = allocator.intern(pod)
            #expect(allocator.bestNode(for: shape) == nil)
            allocator.remove(request, from: node, as: .bound)
            #expect(allocator.room(for: shape) == 0)
            allocator.remove(request, from: node, as: .bound)
            #expect(allocator.room(for: shape) == 1)
            allocator.updateNode(node, to: .of("a", 4_000))
            #expect(allocator.room(for: shape) == 3)
        }
    }

    @Test("a resource that nobody had heard of gets the next column") func lateResources() {
        each { allocator in
            let node = allocator.addNode(.of("a", gpus: 8))
            let asking = Pod.waiting("q", asking: [.cpu: 1_000, "example.com/z": 2])
            let shape = allocator.intern(asking)
            #expect(allocator.resources.column("example.com/z") == 4)
            #expect(allocator.bestNode(for: shape) == nil)
            var richer = allocator.node(node)
            richer.allocatable["example.com/z"] = 5
            richer.allocatable["example.com/a"] = 1
            allocator.updateNode(node, to: richer)
            #expect(allocator.resources.column("example.com/a") == 5)
            #expect(allocator.room(for: shape) == 2)
            allocator.addResources(["example.com/z", "example.com/y"])
            #expect(allocator.resources.column("example.com/y") == 6)
            let names = allocator.resources.canonical.map { allocator.resources.names[$0].text }
            #expect(
                names == [
                    "cpu", "memory", "pods", "example.com/a", "example.com/y", "example.com/z",
                    "nvidia.com/gpu",
                ])
        }
    }

    @Test("another configuration leaves shapes, requests and bookings as they are") func configuring() {
        each { allocator in
            for name in ["a", "b"] { allocator.addNode(.of(name)) }
            let shape = allocator.intern(pod)
            let request = allocator.internRequest(of: pod)
            allocator.add(request, to: 0, as: .bound)
            #expect(allocator.bestNode(for: shape)?.node == 1)
            allocator.configure(filters: [.podCount], kernels: [.mostAllocated(weight: 1)])
            #expect(allocator.intern(pod) == shape)
            #expect(allocator.internRequest(of: pod) == request)
            #expect(allocator.requestID(of: shape) == request)
            #expect(allocator.bestNode(for: shape)?.node == 0)
        }
    }
}
