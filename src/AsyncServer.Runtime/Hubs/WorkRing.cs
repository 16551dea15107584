namespace AsyncServer.Runtime;

/// <summary>A growing ring of work, used by its hub's thread alone.</summary>
/// <param name="capacity">A power of two.</param>
internal sealed class WorkRing(int capacity)
{
    private WorkItem[] _items = new WorkItem[capacity];
    private int _head;

    internal int Count { get; private set; }

    internal void Enqueue(WorkItem item)
    {
        if (Count == _items.Length)
            Grow();
        _items[(_head + Count++) & (_items.Length - 1)] = item;
    }

    internal WorkItem Dequeue()
    {
        ref var slot = ref _items[_head];
        var item = slot;
        slot = default;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    /// <summary>Whether there is work for a coroutine.</summary>
    internal bool Contains(Coroutine coroutine)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_items[(_head + i) & (_items.Length - 1)].Coroutine, coroutine))
                return true;
        }
        return false;
    }

    private void Grow()
    {
        var larger = new WorkItem[_items.Length * 2];
        int tail = _items.Length - _head;
        Array.Copy(_items, _head, larger, 0, tail);
        Array.Copy(_items, 0, larger, tail, _head);
        _items = larger;
        _head = 0;
    }
}
