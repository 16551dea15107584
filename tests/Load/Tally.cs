using System.Collections.Concurrent;

namespace AsyncServer.Load;

/// <summary>What came back from a server; counted from any thread.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private long _answers;

    /// <summary>Right answers.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Requests that got no answer, or a wrong one.</summary>
    public long Errors => _errors.Values.Sum();

    /// <summary>The kinds of errors with how many there were of each, the most frequent first.</summary>
    public IEnumerable<(string What, long Count)> ErrorKinds =>
        _errors.OrderByDescending(error => error.Value).Select(error => (error.Key, error.Value));

    public void CountAnswer() => Interlocked.Increment(ref _answers);

    public void CountErrors(string what, long count = 1) => _errors.AddOrUpdate(what, count, (_, before) => before + count);
}
