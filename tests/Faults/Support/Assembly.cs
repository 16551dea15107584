// Most of these tests wait for a deadline of a server, not for a processor.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
