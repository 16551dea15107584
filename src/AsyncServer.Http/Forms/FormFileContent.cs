using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>The bytes of a file of a form: in memory, or, once they are too many, in a file that has no name any more.</summary>
/// <param name="inMemory">The most that stays in memory.</param>
/// <param name="folder">Where the file is made.</param>
internal sealed class FormFileContent(int inMemory, string folder) : IDisposable
{
    private MemoryStream? _memory = new();
    private SafeFileHandle? _file;
    private bool _isDisposed;

    internal long Length { get; private set; }

    internal bool IsInMemory => _file is null;

    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (_file is null && Length + data.Length <= inMemory)
        {
            _memory!.Write(data.Span);
        }
        else
        {
            if (_file is null)
                await MoveToDiskAsync();
            await RandomAccess.WriteAsync(_file!, data, Length);
        }
        Length += data.Length;
    }

    internal Stream OpenRead()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(FormFile));
        return _file is null ? new MemoryStream(_memory!.GetBuffer(), 0, (int)Length, writable: false) : new FormFileStream(_file, Length);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _memory = null;
        _file?.Dispose();
    }

    private async ValueTask MoveToDiskAsync()
    {
        string path = Path.Combine(folder, $"asyncserver-{Guid.NewGuid():N}.upload");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
            File.Delete(path); // the handle keeps it: even a server that is killed leaves nothing behind
        await RandomAccess.WriteAsync(_file, _memory!.GetBuffer().AsMemory(0, (int)Length), 0);
        _memory = null;
    }
}
