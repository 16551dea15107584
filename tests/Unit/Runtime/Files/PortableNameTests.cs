using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Files;

public sealed class PortableNameTests
{
    [Theory]
    [InlineData("CON")]
    [InlineData("con")]
    [InlineData("nul.txt")]
    [InlineData("Aux .tar.gz")]
    [InlineData("PRN")]
    [InlineData("COM1")]
    [InlineData("lpt9.log")]
    [InlineData("COM\u00b2")]
    [InlineData("CONIN$")]
    [InlineData("conout$")]
    [InlineData("file.txt::$DATA")]
    [InlineData("file.txt:stream")]
    [InlineData("C:")]
    [InlineData("file.txt.")]
    [InlineData("file.txt ")]
    [InlineData("...")]
    [InlineData("a\\b")]
    [InlineData("a*")]
    [InlineData("a?")]
    [InlineData("a|b")]
    [InlineData("a\u0001")]
    [InlineData("")]
    public void IsPlainOnWindows_DeviceStreamOrWhatItRewrites_IsRefused(string name) => Assert.False(PortableName.IsPlainOnWindows(name));

    [Theory]
    [InlineData("index.html")]
    [InlineData("console.js")]
    [InlineData("com.txt")]
    [InlineData("COM10")]
    [InlineData("null")]
    [InlineData("a.con")]
    [InlineData(".well-known")]
    [InlineData("a b")]
    [InlineData("\u00e4")]
    public void IsPlainOnWindows_OrdinaryName_IsTaken(string name) => Assert.True(PortableName.IsPlainOnWindows(name));
}
