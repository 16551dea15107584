using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace AsyncServer.Http;

/// <summary>Values by name, in whatever they were given.</summary>
internal abstract class TemplateValues
{
    internal abstract bool TryGet(string name, out object? value);

    internal static TemplateValues Of(object? values) => values switch
    {
        null => new OfDictionary(new Dictionary<string, object?>()),
        IDictionary<string, object?> dictionary => new OfDictionary(dictionary),
        IDictionary dictionary => new OfUntyped(dictionary),
        _ => new OfObject(values),
    };

    private sealed class OfDictionary(IDictionary<string, object?> values) : TemplateValues
    {
        internal override bool TryGet(string name, out object? value) => values.TryGetValue(name, out value);
    }

    private sealed class OfUntyped(IDictionary values) : TemplateValues
    {
        internal override bool TryGet(string name, out object? value)
        {
            value = values.Contains(name) ? values[name] : null;
            return values.Contains(name);
        }
    }

    private sealed class OfObject(object values) : TemplateValues
    {
        // Weak: types of modules that have been reloaded must not be kept alive.
        private static readonly ConditionalWeakTable<Type, Dictionary<string, PropertyInfo>> ByType = [];

        private readonly Dictionary<string, PropertyInfo> _properties = ByType.GetValue(values.GetType(), static type => Find(type));

        internal override bool TryGet(string name, out object? value)
        {
            bool isThere = _properties.TryGetValue(name, out var property);
            value = property?.GetValue(values, BindingFlags.DoNotWrapExceptions, null, null, null);
            return isThere;
        }

        private static Dictionary<string, PropertyInfo> Find(Type type)
        {
            var found = new Dictionary<string, PropertyInfo>(StringComparer.Ordinal);
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (property.CanRead && property.GetIndexParameters().Length == 0)
                    found.TryAdd(property.Name, property); // the most derived comes first
            }
            return found;
        }
    }
}
