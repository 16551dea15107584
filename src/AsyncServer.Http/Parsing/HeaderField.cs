namespace AsyncServer.Http;

/// <summary>One header line: a token, and a value without the optional white space around it.</summary>
internal readonly record struct HeaderField(Slice Name, Slice Value);
