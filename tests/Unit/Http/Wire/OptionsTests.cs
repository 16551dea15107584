using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

public sealed class OptionsTests
{
    private static WireServer Create() => new(routes =>
    {
        routes.Map("GET, POST", "/some", (request, _) => Response.Text(request.Method));
        routes.Map("PUT", "/some", (request, _) => Response.Text("put"));
        routes.Map("OPTIONS", "/own", (_, _) => Response.Text("mine"));
    });

    [Theory]
    [InlineData("OPTIONS", "*", 204, "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH")]
    [InlineData("OPTIONS", "/some", 204, "GET, POST, PUT, HEAD, OPTIONS")]
    [InlineData("OPTIONS", "/own", 200, null)]
    [InlineData("DELETE", "/some", 405, "GET, POST, PUT, HEAD, OPTIONS")]
    [InlineData("TRACE", "/some", 405, "GET, POST, PUT, HEAD, OPTIONS")]
    [InlineData("get", "/some", 501, "GET, POST, PUT, HEAD, OPTIONS")]
    [InlineData("BREW", "/some", 501, "GET, POST, PUT, HEAD, OPTIONS")]
    [InlineData("PUT", "/some", 200, null)]
    [InlineData("POST", "/some", 200, null)]
    [InlineData("DELETE", "/hello", 200, null)]
    [InlineData("GET", "/none", 404, null)]
    public async Task Method_OnAPath_HasItsStatusAndAllow(string method, string target, int status, string? allow)
    {
        await using var server = Create();
        var response = Assert.Single(WireResponse.ReadAll(await server.ExchangeAsync($"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.Equal((status, allow), (response.Status, response["Allow"]));
    }
}
