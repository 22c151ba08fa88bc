import ClusterModel
import Testing

@testable import KubernetesAPI

@Suite("A pod asks for what Kubernetes computes") struct PodRequestsTests {
    typealias Container = PodRequests.Container

    /// A pod of containers given by their CPU requests; sidecars are marked by a minus sign.
    private func pod(containers: [Int64], initContainers: [Int64] = []) -> PodRequests {
        var pod = PodRequests()
        pod.containers = containers.map { Container(requests: [.cpu: $0]) }
        pod.initContainers = initContainers.map { Container(requests: [.cpu: abs($0)], isSidecar: $0 < 0) }
        return pod
    }

    @Test(
        "init containers count by their peak, sidecars by their sum",
        arguments: [
            ([], [], nil),
            ([500], [], 500),
            ([500, 250], [], 750),
            // One after the other: the larger init container, or all containers together.
            ([500], [2000, 1000], 2000),
            ([1500, 1000], [2000, 1000], 2500),
            // Sidecars run beside the containers.
            ([500], [-200], 700),
            ([500], [-200, -300], 1000),
            // An init container runs beside the sidecars before it, not beside those after it.
            ([500], [-200, 1000], 1200),
            ([500], [1000, -200], 1000),
            ([500], [-200, 1000, -300], 1200),
            ([1000], [-200, 1000, -300], 1500),
            ([100], [-100, 400, -200, 400, -50], 700),
            // Sidecars alone may be the peak while they start.
            ([], [-300, -400], 700),
        ] as [(containers: [Int64], initContainers: [Int64], expected: Int64?)])
    func initContainers(containers: [Int64], initContainers: [Int64], expected: Int64?) throws {
        let pod = pod(containers: containers, initContainers: initContainers)
        #expect(try pod.effective()[.cpu] == expected)
    }

    @Test("the peak is taken for each resource by itself") func peakByResource() throws {
        var pod = PodRequests()
        pod.containers = [Container(requests: [.cpu: 1000, .memory: 100])]
        pod.initContainers = [
            Container(requests: [.memory: 50, .nvidiaGPU: 1], isSidecar: true),
            Container(requests: [.cpu: 200, .memory: 400]),
        ]
        #expect(try pod.effective() == [.cpu: 1000, .memory: 450, .nvidiaGPU: 1])
    }

    @Test("a limit without a request counts as the request, container by container") func limits() throws {
        var pod = PodRequests()
        pod.containers = [
            Container(requests: [.cpu: 500], limits: [.cpu: 2000, .memory: 100, .nvidiaGPU: 4]),
            Container(requests: [.memory: 10]),
        ]
        #expect(try pod.effective() == [.cpu: 500, .memory: 110, .nvidiaGPU: 4])
    }

    @Test("overhead comes on top") func overhead() throws {
        var pod = pod(containers: [500], initContainers: [2000])
        pod.overhead = [.cpu: 250, .memory: 120]
        #expect(try pod.effective() == [.cpu: 2250, .memory: 120])
    }

    @Test("a request of the pod replaces the containers' sum for CPU, memory and huge pages")
    func podLevelRequests() throws {
        var pod = PodRequests()
        pod.containers = [Container(requests: [.cpu: 500, .memory: 100, .nvidiaGPU: 1])]
        pod.overhead = [.cpu: 50]
        pod.podRequests = [.cpu: 2000, "hugepages-2Mi": 64, .nvidiaGPU: 8, .ephemeralStorage: 5]
        #expect(
            try pod.effective() == [.cpu: 2050, .memory: 100, .nvidiaGPU: 1, "hugepages-2Mi": 64])
    }

    @Test("a limit of the pod is its request only for what no container requests") func podLevelLimits()
        throws
    {
        var pod = PodRequests()
        pod.containers = [Container(requests: [.cpu: 500, "hugepages-2Mi": 2])]
        pod.podLimits = [.cpu: 4000, .memory: 1000, "hugepages-2Mi": 10]
        #expect(try pod.effective() == [.cpu: 500, .memory: 1000, "hugepages-2Mi": 10])
    }

    @Test("a request of the pod goes before its limit") func podLevelRequestAndLimit() throws {
        var pod = PodRequests()
        pod.containers = [Container(requests: [.cpu: 500])]
        pod.podRequests = [.cpu: 1000]
        pod.podLimits = [.cpu: 4000]
        #expect(try pod.effective() == [.cpu: 1000])
    }

    @Test("for scoring a container without a request counts as 100m and 200Mi") func nonZero() throws {
        let mebibyte: Int64 = 1 << 20
        var pod = PodRequests()
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 0, memory: 0))
        pod.containers = [Container(), Container(requests: [.cpu: 1000])]
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 1100, memory: 400 * mebibyte))
        // Zero is given, not missing.
        pod.containers = [Container(requests: [.cpu: 0, .memory: 0])]
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 0, memory: 0))
        pod.initContainers = [Container(isSidecar: true), Container()]
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 200, memory: 400 * mebibyte))
        pod.overhead = [.cpu: 7]
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 207, memory: 400 * mebibyte))
    }

    @Test("with a request of the pod only what nobody names counts as a little") func nonZeroOfPod() throws {
        let mebibyte: Int64 = 1 << 20
        var pod = PodRequests()
        pod.containers = [Container(), Container()]
        pod.podRequests = [.cpu: 300]
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 300, memory: 400 * mebibyte))
        pod.containers = [Container(), Container(requests: [.memory: 5])]
        #expect(try pod.nonZero() == NonZeroRequests(milliCPU: 300, memory: 5))
    }

    @Test("a sum that does not fit is an error, not a trap") func overflow() throws {
        let pod = pod(containers: [.max, 1])
        #expect(throws: ResourceOverflow(resource: .cpu)) { try pod.effective() }
        #expect(throws: ResourceOverflow(resource: .cpu)) { try pod.nonZero() }
        let sidecar = self.pod(containers: [1], initContainers: [-.max, 1])
        #expect(throws: ResourceOverflow(resource: .cpu)) { try sidecar.effective() }
    }
}
