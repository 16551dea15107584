namespace AsyncServer.Http;

/// <summary>A template is malformed, or was not given a value that it asks for.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Makes the exception; its message begins with file and line.</summary>
    /// <param name="file">The template's file, as it was named.</param>
    /// <param name="line">From 1.</param>
    /// <param name="problem">What is wrong.</param>
    public TemplateException(string file, int line, string problem) : base($"{file}:{line}: {problem}")
    {
        File = file;
        Line = line;
    }

    /// <summary>The template's file, as it was named.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }
}
