using System.Runtime.InteropServices;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Unit.Runtime.Processes;

public sealed class ProcessChannelTests
{
    [Fact]
    public async Task Messages_ArriveWholeAndInOrder_ThenTheEnd()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var (here, there) = Pair();
            Assert.True(there.TrySend("one"u8));
            Assert.True(there.TrySend("two"u8));
            Assert.Equal("one", Text(await here.ReceiveAsync()));
            Assert.Equal("two", Text(await here.ReceiveAsync()));
            var coming = Coroutine.Spawn(async () => Text(await here.ReceiveAsync()));
            await Coroutine.Yield();
            there.TrySend("three"u8);
            Assert.Equal("three", await coming);
            there.Dispose();
            Assert.True((await here.ReceiveAsync()).IsEnd);
            Assert.False(here.TrySend("four"u8));
            here.Dispose();
        });
    }

    [Fact]
    public async Task Descriptors_ComeWithTheirMessage()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var (here, there) = Pair();
            using (var file = MemoryFile.Create("content"u8))
                there.TrySend("file"u8, file);
            var message = await here.ReceiveAsync();
            Assert.Equal("file", Text(message));
            using var received = Assert.Single(message.Descriptors);
            Assert.Equal("content", Encoding.UTF8.GetString(MemoryFile.Take(Detach(received))));
            here.Dispose();
            there.Dispose();
        });
    }

    [Fact]
    public void Send_WhatDoesNotFit_IsRefused()
    {
        var (here, there) = Pair();
        Assert.Throws<ArgumentOutOfRangeException>(() => here.TrySend([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => here.TrySend(new byte[ProcessChannel.MaxMessageSize + 1]));
        int sent = 0;
        while (here.TrySend(new byte[ProcessChannel.MaxMessageSize]))
            sent++;
        Assert.InRange(sent, 1, 100_000); // nobody reads
        here.Dispose();
        there.Dispose();
        Assert.False(here.TrySend("late"u8));
    }

    private static (ProcessChannel Here, ProcessChannel There) Pair()
    {
        var (here, there) = ProcessChannel.CreatePair();
        return (here, ProcessChannel.Inherit(Detach(there)));
    }

    private static int Detach(SafeHandle handle)
    {
        int number = (int)((SafeFileHandle)handle).DangerousGetHandle();
        handle.SetHandleAsInvalid();
        return number;
    }

    private static string Text(ProcessMessage message) => Encoding.UTF8.GetString(message.Bytes.Span);
}
