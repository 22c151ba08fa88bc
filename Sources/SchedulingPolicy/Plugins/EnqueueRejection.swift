/// How plugins begin what they say of a gang that they do not admit, where a reader has to tell them apart.
enum EnqueueRejection {
    /// A ResourceQuota of its namespace leaves too little.
    static let quota = "resource quota insufficient"
    /// Its queue may not use so much more.
    static let queue = "queue resource quota insufficient: insufficient "
}
