using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>A file as it was found.</summary>
/// <param name="Path">Below the root, ended by a NUL.</param>
/// <param name="Facts">What tells it from other versions.</param>
/// <param name="Content">All of it, or null for a file that is sent from where it lies.</param>
/// <param name="Coding">How its content is compressed, where it stands for another file.</param>
internal sealed record FileVersion(byte[] Path, FileFacts Facts, byte[]? Content, ContentCoding? Coding = null);
