using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Templates;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain { % } text", "plain { % } text")]
    [InlineData("<p>{%name%}</p>", "<p>a &lt;b&gt; &amp; &quot;c&quot; &#x27;d&#x27; \u4f60</p>")]
    [InlineData("{% name %}", "a &lt;b&gt; &amp; &quot;c&quot; &#x27;d&#x27; \u4f60")]
    [InlineData("{%!name%}|{% ! name %}", "a <b> & \"c\" 'd' \u4f60|a <b> & \"c\" 'd' \u4f60")]
    [InlineData("{%number%}{%number%}", "1.51.5")]
    [InlineData("{%%} is {%placeholder%}", "{% is {%name%}")]
    [InlineData("{%%}name%}", "{%name%}")]
    public void Render_PutsValuesIn(string text, string expected) =>
        Assert.Equal(expected, Template.Parse(text)
            .Render(new { name = "a <b> & \"c\" 'd' \u4f60", number = 1.5, placeholder = "{%name%}" }));

    [Theory]
    [InlineData("one\ntwo\n{%x", 3, "not closed")]
    [InlineData("{%a b%}", 1, "no name")]
    [InlineData("\n{% %}", 2, "no name")]
    [InlineData("{%a\n%}{%!%}", 2, "no name")]
    [InlineData("{%a{%b%}", 1, "no name")]
    public void Parse_OfAMalformedPlaceholder_NamesFileAndLine(string text, int line, string problem)
    {
        var failure = Assert.Throws<TemplateException>(() => Template.Parse(text, "page.html"));
        Assert.StartsWith($"page.html:{line}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        Assert.Equal(("page.html", line), (failure.File, failure.Line));
    }

    [Theory]
    [InlineData("{%here%}\n\n{%missing%}", 3, "no value for 'missing'")]
    [InlineData("{%Here%}", 1, "no value for 'Here'")]
    [InlineData("\n{%!nothing%}", 2, "'nothing' is null")]
    public void Render_WithoutAValue_NamesFileAndLine(string text, int line, string problem)
    {
        var template = Template.Parse(text, "page.html");
        var failure = Assert.Throws<TemplateException>(() => template.Render(new { here = 1, nothing = (string?)null }));
        Assert.StartsWith($"page.html:{line}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TakesObjectsAndDictionaries()
    {
        var template = Template.Parse("{%name%}");
        Assert.Equal("ann", template.Render(new { name = "ann", more = 1 }));
        Assert.Equal("ann", template.Render(new Dictionary<string, object?> { ["name"] = "ann" }));
        Assert.Equal("ann", template.Render(new Dictionary<string, string> { ["name"] = "ann" }));
        Assert.Equal("1", template.Render(new Dictionary<string, int> { ["name"] = 1 }));
        Assert.Throws<TemplateException>(() => template.Render());
        Assert.Throws<InvalidOperationException>(() => Template.Parse("{%Fails%}").Render(new Failing()));
        Assert.Equal("plain", Template.Parse("plain").Render());
    }

    private sealed class Failing
    {
        public string Fails => throw new InvalidOperationException("the getter's own");
    }
}
