using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>A body that is a part of an open file; whoever sends it closes the file.</summary>
internal sealed record FilePart(OpenFile File, ByteRange Range);
