using System.ComponentModel;

namespace AsyncServer.Runtime;

/// <content>What its hub tells it.</content>
public sealed partial class Connection
{
    void IHubEntry.OnReady(PollEvents events)
    {
        bool readable = (events & (PollEvents.Readable | PollEvents.PeerClosed | PollEvents.Broken)) != 0;
        bool writable = (events & (PollEvents.Writable | PollEvents.Broken)) != 0;
        if ((events & PollEvents.Readable) != 0)
            _states |= States.Readable;
        if ((events & PollEvents.PeerClosed) != 0)
            _states |= States.PeerClosed;
        if (writable)
            _states |= States.Writable;
        if ((events & PollEvents.Broken) != 0)
            Break();
        if (writable && Has(States.HoldsOutput))
            FlushTransport();

        if (!Hub.IsEdgeTriggered && _descriptor >= 0)
            DisarmUnwanted(events);
        if (writable)
            _writable?.Complete(true);
        if (readable)
            _readable.Complete(true);
    }

    void IHubEntry.OnDeadline()
    {
        var passed = _deadlines.TakePassed(Hub);
        if ((passed & DeadlinePair.Sides.Read) != 0)
        {
            _transport.ReportLateInput();
            if (IsClosed)
                return;
            if (_deadlines.IsReadSet)
                passed &= ~DeadlinePair.Sides.Read; // the input came in time, and the connection went on
        }
        if (passed == DeadlinePair.Sides.None)
            return;
        _deadlines.Expire(passed);
        Cancel();
        if ((passed & DeadlinePair.Sides.Write) != 0)
            _writable?.Complete(false);
        if ((passed & DeadlinePair.Sides.Read) != 0)
            _readable.Complete(false);
    }

    bool IHubEntry.IsIdle => IsIdle && !IsDraining;

    long IHubEntry.Due => Hub.Table.Deadline(EntryTable.SlotOf(_token));

    void IHubEntry.OnDrain() => Drain();

    void IHubEntry.OnHandOver() => _states |= States.HandingOver;

    void IHubEntry.OnStop() => Abort();

    private void DisarmUnwanted(PollEvents events)
    {
        var unwanted = PollEvents.None;
        if ((events & (PollEvents.Readable | PollEvents.PeerClosed)) != 0 && !_readable.IsPending)
            unwanted |= PollEvents.Readable;
        if ((events & PollEvents.Writable) != 0 && _writable is not { IsPending: true } && !Has(States.HoldsOutput))
            unwanted |= PollEvents.Writable;
        try
        {
            if ((events & PollEvents.Broken) != 0)
                Unwatch();
            else if (unwanted != PollEvents.None)
                Hub.Disarm(_descriptor, _token, unwanted);
        }
        catch (Win32Exception)
        {
            Break(); // this connection cannot be watched any longer; the others can
            CompleteWaits(true);
        }
    }

    // A reset is reported again and again by level-triggered pollers, whatever is armed, and there is nothing more to learn.
    private void Unwatch()
    {
        if (Has(States.Unwatched))
            return;
        _states |= States.Unwatched;
        Hub.Pause(_descriptor);
    }
}
