using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>The descriptor of a handle, kept open until this is disposed, whoever closes the handle meanwhile.</summary>
internal readonly ref struct HeldDescriptor
{
    private readonly SafeHandle _handle;

    /// <exception cref="ObjectDisposedException">The handle was closed.</exception>
    internal HeldDescriptor(SafeHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added); // it adds or throws
        _handle = handle;
    }

    internal int Number => (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
}
