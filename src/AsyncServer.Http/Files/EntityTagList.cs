namespace AsyncServer.Http;

/// <summary>
/// The value of If-Match and If-None-Match (RFC 9110 sections 8.8.3 and 13.1), read once from left to right: the framework's parser takes
/// a time that grows with the square of the white space in it.
/// </summary>
internal static class EntityTagList
{
    /// <summary>Whether a star or one of the tags stands for a tag of ours. What follows something malformed is not read.</summary>
    /// <param name="list">A header's value.</param>
    /// <param name="tag">A strong tag, with its quotes.</param>
    /// <param name="strongly">Whether weak tags never match (RFC 9110 section 8.8.3.2).</param>
    internal static bool Names(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool strongly)
    {
        if (list is [(byte)'*'])
            return true;
        while (true)
        {
            list = list.TrimStart(" \t,"u8);
            bool isWeak = list.StartsWith("W/"u8);
            if (isWeak)
                list = list[2..];
            if (list is not [(byte)'"', .. var rest])
                return false;
            int end = rest.IndexOf((byte)'"');
            if (end < 0)
                return false;
            int length = end + 2;
            if (list[..length].SequenceEqual(tag) && !(isWeak && strongly))
                return true;
            list = list[length..].TrimStart(" \t"u8);
            if (!list.StartsWith(","u8))
                return false;
        }
    }
}
