using System.Globalization;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer;

/// <summary>The sample site's apps, for as long as they are not files of their own.</summary>
internal static class SampleApps
{
    internal static void Map(RouteTable routes, TimeProvider time)
    {
        routes.Map("/say_hello.py", (_, _) => Response.Text("Hello, this is plain"));
        routes.Map("/show_time.py", (_, cancellation) => ShowTimeAsync(time, cancellation));
        routes.Map("/headers.py", (request, _) => Response.Text(Describe(request)));
        routes.Map("POST", "/echo.py", (request, _) => Echo(request));
    }

    // The time as C's ctime() writes it, after a short sleep that holds nothing but this request.
    private static async ValueTask<Response> ShowTimeAsync(TimeProvider time, CancellationToken cancellation)
    {
        await Coroutine.Sleep(TimeSpan.FromMilliseconds(1), cancellation);
        var now = time.GetLocalNow();
        string day = now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2);
        return Response.Text(string.Create(CultureInfo.InvariantCulture, $"{now:ddd MMM} {day} {now:HH:mm:ss yyyy}"));
    }

    private static string Describe(Request request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{request.Method} {request.Target} {request.Protocol}\n");
        foreach (var (name, value) in request.Headers)
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        return text.ToString();
    }

    private static Response Echo(Request request) =>
        Response.Stream(request.Body, request.ContentType ?? "application/octet-stream", request.ContentLength);
}
