import ClusterModel

/// What becomes possible by the mere passing of time.
extension Session {
    /// Tries every gang anew once the time has come at which a plugin's answer may have changed.
    func wake(at now: Timestamp?) {
        guard let now, let nextChange, nextChange <= now else { return }
        closeCycle()
        roomVersion.freed += 1
        roomVersion.changed += 1
        self.nextChange = nil
    }

    /// The second of the local day at a time.
    func localSecond(at time: Timestamp) -> Int64 {
        let second = (time.secondsSinceEpoch + utcOffsetSeconds) % 86_400
        return second < 0 ? second + 86_400 : second
    }
}

extension Duration {
    /// Whole seconds, rounded up, within what a time of day or an age can be.
    var secondsRoundedUp: Int64 {
        let (seconds, rest) = components
        return rest > 0 ? seconds + 1 : seconds
    }
}
