using System.Reflection;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

/// <summary>The field that holds each rejection: a name for expected results.</summary>
internal static class RejectionNames
{
    private static readonly Dictionary<Rejection, string> Names = typeof(Rejection)
        .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
        .Where(field => field.FieldType == typeof(Rejection))
        .ToDictionary(field => (Rejection)field.GetValue(null)!, field => field.Name);

    internal static IEnumerable<string> All => Names.Values;

    internal static string Of(Rejection rejection) => Names[rejection];
}
