using System.Diagnostics.CodeAnalysis;

namespace AsyncServer.Unit.Packaging;

/// <summary>One of each kind of member, for the test of the printer.</summary>
[SuppressMessage("Design", "CA1000", Justification = "A static member of a generic type is one of the kinds.")]
[SuppressMessage("Design", "CA1051", Justification = "So is a visible field.")]
[SuppressMessage("Design", "CA1063", Justification = "It is printed, never disposed.")]
[SuppressMessage("Usage", "CA1816", Justification = "It is printed, never disposed.")]
[SuppressMessage("Usage", "CA2225", Justification = "It is printed, never converted.")]
public abstract class ApiExample<T>(string? name = null) : IDisposable
    where T : struct
{
    public const int Size = 4096;

    protected readonly string? _name = name;

    private T _value;

    public event Action? Changed;

    public T? Value { get; protected set; }

    public bool IsReady { get; init; }

    public ref readonly T this[int index] => ref _value;

    public static implicit operator ApiExample<T>(T value) => throw new NotSupportedException($"{value}");

    public static TOther Make<TOther>(in T first, ref int second, out long third, params string[] rest)
        where TOther : class, new()
    {
        third = second + rest.Length + first.GetHashCode();
        return new TOther();
    }

    public override string ToString() => _name ?? "";

    public virtual void Dispose() => Changed?.Invoke();

    internal void Set(T value) => _value = value;

    protected abstract ValueTask<(int Number, string Name)[]> ReadAsync(CancellationToken cancellation = default);

    public readonly ref struct Nested
    {
        public required ReadOnlySpan<byte> Data { get; init; }
    }
}
