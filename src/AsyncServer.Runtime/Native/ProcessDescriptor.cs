using System.Text;

namespace AsyncServer.Runtime;

/// <summary>
/// Starts processes and watches them by descriptors (pidfd). Errors are the system's numbers, negative where a number is returned too.
/// </summary>
internal static unsafe class ProcessDescriptor
{
    private const nint OpenNumber = 434;
    private const nint SignalNumber = 424;
    private const int ByProcess = 1;
    private const int Ended = 4;
    private const int DoNotWait = 1;

    // Where siginfo_t has its fields on 64-bit Linux.
    private const int InformationSize = 128;
    private const int CodeOffset = 8;
    private const int StatusOffset = 24;
    private const int ExitedNormally = 1;

    // More than posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t take in glibc and musl.
    private const int OpaqueSize = 512;
    private const short SetDefaultSignals = 4;
    private const short SetSignalMask = 8;
    private const int BrokenPipe = 13;

    private const int DuplicateAbove = 1030; // F_DUPFD_CLOEXEC
    private const int FirstNumber = 3;

    /// <summary>
    /// The number of a new process, which has <paramref name="descriptors"/> as 3, 4 and so on; or minus the error number. Nothing in this
    /// process ever loses its close-on-exec flag for it, so that what another thread starts meanwhile gets none of them.
    /// </summary>
    internal static int Start(string file, IEnumerable<string> arguments, IEnumerable<string> environment, ReadOnlySpan<int> descriptors)
    {
        using var argumentTexts = new NativeTexts([file, .. arguments]);
        using var environmentTexts = new NativeTexts([.. environment]);
        // Safe: the buffers are larger than the opaque types, and live for the call.
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        ulong* signals = stackalloc ulong[OpaqueSize / sizeof(ulong)];
        new Span<byte>(signals, OpaqueSize).Clear();
        Span<int> held = stackalloc int[descriptors.Length];
        held.Fill(-1);
        _ = Libc.InitSpawnActions(actions);
        _ = Libc.InitSpawnAttributes(attributes);
        try
        {
            _ = Libc.SetSpawnFlags(attributes, SetDefaultSignals | SetSignalMask);
            _ = Libc.SetSpawnSignalMask(attributes, signals); // none is blocked
            signals[0] = 1UL << (BrokenPipe - 1); // ignored by .NET, which a program that is not .NET would inherit
            _ = Libc.SetSpawnDefaultSignals(attributes, signals);
            for (int i = 0; i < descriptors.Length; i++)
            {
                // Above all numbers that are given out: else one dup2 could overwrite what the next one copies.
                held[i] = Libc.DescriptorControl(descriptors[i], DuplicateAbove, FirstNumber + descriptors.Length);
                if (held[i] < 0)
                    return -Errno.Last;
                int failed = Libc.AddSpawnDuplicate(actions, held[i], FirstNumber + i);
                if (failed != 0)
                    return -failed;
            }
            int process;
            int error = Libc.Spawn(&process, argumentTexts.Pointers[0], actions, attributes, argumentTexts.Pointers,
                environmentTexts.Pointers);
            return error == 0 ? process : -error;
        }
        finally
        {
            foreach (int descriptor in held)
            {
                if (descriptor >= 0)
                    SocketDescriptor.Close(descriptor);
            }
            _ = Libc.DestroySpawnActions(actions);
            _ = Libc.DestroySpawnAttributes(attributes);
        }
    }

    /// <summary>A descriptor that is readable when the process has ended, or minus the error number. It is closed on exec.</summary>
    internal static int Open(int process)
    {
        int descriptor = (int)Libc.OpenProcess(OpenNumber, process, 0);
        return descriptor < 0 ? -Errno.Last : descriptor;
    }

    internal static void Signal(int descriptor, int signal) => _ = Libc.SignalProcess(SignalNumber, descriptor, signal, 0, 0);

    /// <summary>Waits for the end of this process alone, and takes it from the system's table. Null: somebody else has taken it.</summary>
    internal static ChildExit? Reap(int process)
    {
        byte* information = stackalloc byte[InformationSize];
        while (Libc.WaitFor(ByProcess, (uint)process, information, Ended) != 0)
        {
            if (Errno.Last != Errno.Interrupted)
                return null;
        }
        int status = *(int*)(information + StatusOffset);
        return *(int*)(information + CodeOffset) == ExitedNormally ? new ChildExit(status, null) : new ChildExit(null, status);
    }

    /// <summary>Takes a child that has ended from the system's table, however it ended, and waits for none.</summary>
    internal static bool ReapEnded(int process)
    {
        byte* information = stackalloc byte[InformationSize];
        return Libc.WaitFor(ByProcess, (uint)process, information, Ended | DoNotWait) == 0;
    }

    /// <summary>Texts as C has lists of them: an array of pointers that ends with a null.</summary>
    private readonly ref struct NativeTexts
    {
        private readonly nint _block;

        internal NativeTexts(string[] texts)
        {
            int pointers = (texts.Length + 1) * sizeof(byte*);
            int length = texts.Sum(static text => Encoding.UTF8.GetByteCount(text) + 1);
            _block = (nint)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)(pointers + length));
            byte* at = (byte*)_block + pointers;
            for (int i = 0; i < texts.Length; i++)
            {
                Pointers[i] = at;
                at += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(at, length));
                *at++ = 0;
            }
            Pointers[texts.Length] = null;
        }

        internal byte** Pointers => (byte**)_block;

        public void Dispose() => System.Runtime.InteropServices.NativeMemory.Free((void*)_block);
    }
}
