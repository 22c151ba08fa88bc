extension SchedulerConfiguration {
    /// The configuration that holds when no file is given, in the words of a file.
    public static let defaultText = """
        # Gangwright's own default. A volcano-scheduler.conf works as it is: pass it with --config.
        compatibility: gangwright
        # No enqueue: a gang is tried as it is, and holds no quota while it waits. Pods leave for more important gangs of
        # their queue, and for queues that deserve more: only once what that buys is planned, and gangs whole.
        actions: "allocate, preempt, reclaim, backfill"
        tiers:
        - plugins:
          - name: priority
          - name: gang
          - name: conformance
          - name: pdb
        - plugins:
          - name: predicates
          - name: proportion
          # Pods are packed, not spread, so that whole nodes stay free for large gangs.
          - name: nodeorder
            arguments:
              leastrequested.weight: 0
              balancedresource.weight: 0
          - name: binpack
            arguments:
              binpack.weight: 10
              binpack.resources: nvidia.com/gpu
              binpack.resources.nvidia.com/gpu: 10

        """

    /// The configuration that holds when no file is given.
    public static let `default`: SchedulerConfiguration = {
        let (configuration, problems) = read(Array(defaultText.utf8), file: "default configuration")
        guard let configuration else { preconditionFailure("\(problems)") }
        return configuration
    }()
}
