using System.Globalization;
using System.Net;

// The peer: a minimal app, or with ROOT a folder of files. It answers what AppProgram answers.
if (args is not [var portText, .. var rest] || !int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out int port))
{
    Console.Error.WriteLine("usage: AsyncServer.Kestrel PORT [inline] [ROOT]");
    return 2;
}
bool isInline = rest is ["inline", ..];
string? root = rest.LastOrDefault() is { } last && last != "inline" ? last : null;

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { WebRootPath = root });
builder.Logging.ClearProviders(); // a line for each request is no part of the comparison
builder.WebHost.UseSockets(options =>
{
    options.UnsafePreferInlineScheduling = isInline;
    options.Backlog = 4096; // as in the other servers: thousands connect at once
});
builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));

var app = builder.Build();
if (root is not null)
{
    app.UseStaticFiles();
}
else
{
    app.MapGet("/say_hello.py", static () => "Hello, this is plain");
    app.MapPost("/echo", static async (HttpContext context) =>
    {
        byte[] body = new byte[(int)context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    });
}
// What the process has allocated so far, all threads: read before and after a round.
app.MapGet("/allocated.py", static () => GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
await app.RunAsync();
return 0;
