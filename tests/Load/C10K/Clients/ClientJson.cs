using System.Text.Json.Serialization;

namespace AsyncServer.Load;

/// <summary>The lines between the experiment and its client processes.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClientPlan))]
[JsonSerializable(typeof(ClientOrder))]
[JsonSerializable(typeof(ClientNews))]
internal sealed partial class ClientJson : JsonSerializerContext;
