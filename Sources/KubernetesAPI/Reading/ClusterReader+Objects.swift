internal import ClusterModel
internal import Documents

// Which reader takes which object, and where the outcome goes.
extension ClusterReader {
    mutating func readObject(_ object: FieldReader, kind: ObjectKind) {
        let before = object.sink.problems.count
        let metadata = ObjectMetadata(of: object)
        let key: ObjectKey
        switch kind {
        case .pod, .podGroup, .amlJob: key = metadata.key(defaultNamespace: options.namespace)
        case .node, .queue, .priorityClass, .instanceType: key = ObjectKey(namespace: "", name: metadata.name)
        }
        switch kind {
        case .node:
            keep(NodeReader.read(object, metadata), \.nodes, key, object, since: before)
        case .pod:
            let pod = PodReader.read(object, metadata, key: key)
            if keep(pod, \.pods, key, object, since: before) { note(pod.started) }
        case .podGroup:
            keep(PodGroupReader.read(object, metadata, key: key), \.podGroups, key, object, since: before)
        case .queue:
            keep(QueueReader.read(object, metadata), \.queues, key, object, since: before)
        case .priorityClass:
            keep(PriorityClassReader.read(object, metadata), \.priorityClasses, key, object, since: before)
        case .instanceType:
            keep(InstanceTypeReader.read(object, metadata), \.instanceTypes, key, object, since: before)
        case .amlJob:
            keep(AmlJobReader.read(object, metadata, key: key), \.amlJobs, key, object, since: before)
        }
        // A class or a type says nothing about when the cluster was looked at.
        if kind != .priorityClass && kind != .instanceType && !object.sink.hasErrors(since: before) {
            note(metadata.created)
        }
    }

    /// Keeps an object unless reading it brought an error; says whether it did.
    @discardableResult
    private mutating func keep<Object>(
        _ value: Object, _ table: WritableKeyPath<ClusterReader, ObjectTable<Object>>, _ key: ObjectKey,
        _ object: FieldReader, since before: Int
    ) -> Bool {
        if object.sink.hasErrors(since: before) { return false }
        self[keyPath: table].insert(value, key: key, from: object, named: object.object("metadata") ?? object)
        return true
    }
}
