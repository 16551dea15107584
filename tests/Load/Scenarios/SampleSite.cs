using System.Text;

namespace AsyncServer.Load;

/// <summary>What the sample site answers, as its files in this repository say.</summary>
internal static class SampleSite
{
    public static Expected Style { get; } = File("html", "style.css");

    public static Expected Picture { get; } = File("web", "show_pic.jpg");

    public static Expected Missing { get; } = File("html", "404.html") with { Status = 404 };

    public static Expected Hello { get; } = Text("Hello, World!\n");

    public static Expected SayHello { get; } = Text("Hello, this is plain");

    private static Expected File(params ReadOnlySpan<string> path) => new(200, System.IO.File.ReadAllBytes(RepositoryRoot.Combine(path)));

    private static Expected Text(string body) => new(200, Encoding.UTF8.GetBytes(body));
}
