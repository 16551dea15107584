// Most of these tests wait for a deadline of a server, not for a processor.
[assembly: Xunit.v3.Parallelization(MaxThreads = 8)]
