import KubernetesClient

/// What Azure ML's extension brings into a cluster.
enum InstanceTypes {
    static let types = GroupVersionResource(
        group: "amlarc.azureml.com", version: "v1alpha1", resource: "instancetypes")
    static let jobs = GroupVersionResource(
        group: "amlarc.azureml.com", version: "v1alpha1", resource: "amljobs")

    /// The definition of its jobs, of which nothing is documented but the name.
    static let jobDefinition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: amljobs.amlarc.azureml.com}
        spec:
          group: amlarc.azureml.com
          scope: Namespaced
          names: {kind: AmlJob, listKind: AmlJobList, plural: amljobs, singular: amljob}
          versions:
          - name: v1alpha1
            served: true
            storage: true
            schema:
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """
}
