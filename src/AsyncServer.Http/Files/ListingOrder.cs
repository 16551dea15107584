namespace AsyncServer.Http;

/// <summary>How a directory listing is sorted: folders first, then by one column.</summary>
internal readonly record struct ListingOrder(string Column, bool IsDescending)
{
    internal const string Name = "name";
    internal const string Size = "size";
    internal const string Time = "time";

    /// <summary>What the query asks for; by name where it asks for nothing that there is.</summary>
    internal static ListingOrder From(Request request)
    {
        var query = request.Query;
        string? column = query["sort"];
        return new ListingOrder(column is Size or Time ? column : Name, query["order"] == "desc");
    }

    /// <summary>The link to the list by a column: a second click turns it round.</summary>
    internal string LinkTo(string column) => $"?sort={column}&amp;order={(column == Column && !IsDescending ? "desc" : "asc")}";

    internal void Sort(List<ListedEntry> entries) => entries.Sort(Compare);

    private int Compare(ListedEntry left, ListedEntry right)
    {
        if (left.IsDirectory != right.IsDirectory)
            return left.IsDirectory ? -1 : 1;
        int result = Column switch
        {
            Size => left.Size.CompareTo(right.Size),
            Time => left.Modified.CompareTo(right.Modified),
            _ => 0,
        };
        if (result == 0)
            result = string.CompareOrdinal(left.Name, right.Name);
        return IsDescending ? -result : result;
    }
}
