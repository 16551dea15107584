namespace AsyncServer.Bench;

/// <summary>A folder of files of round sizes, and nginx to serve it as Debian's package is set up, with one worker.</summary>
internal sealed class FilesFolder : IDisposable
{
    /// <summary>Asked for by runs of their own, since it takes a while to make.</summary>
    public const string Largest = "100m.txt";

    private const string Configuration = """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr error;
        events { worker_connections 16384; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000000;
          keepalive_timeout 300s;
          default_type text/plain;
          types { text/plain txt; }
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          server { listen 127.0.0.1:PORT backlog=4096; ANSWER }
        }
        """;

    private const string AllocatedModule = """
        // What the process has allocated so far, all threads.
        Body application(Environ environ, StartResponse startResponse)
        {
            startResponse("200 OK", [("Content-Type", "text/plain")]);
            return GC.GetTotalAllocatedBytes(precise: true).ToString();
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-bench");

    public FilesFolder(bool withLargest = false)
    {
        Directory.CreateDirectory(Root);
        foreach (string name in withLargest ? [.. Names, Largest] : Names)
            Write(name);
    }

    public static IReadOnlyList<string> Names { get; } = ["1k.txt", "10k.txt", "1m.txt"];

    public string Root => Path.Combine(_folder.FullName, "site");

    /// <summary>nginx with the files.</summary>
    public ServerCommand Nginx() => Nginx("files", "root site;");

    /// <summary>nginx with one answer to everything, the least that it can do.</summary>
    public ServerCommand NginxReturn(string answer) => Nginx("return", $"location / {{ return 200 \"{answer}\"; }}");

    /// <summary>
    /// A folder for script modules: the smallest one of the sample site, and one that tells what the process has allocated.
    /// </summary>
    public string MakeModules()
    {
        string web = _folder.CreateSubdirectory("web").FullName;
        string source = Path.ChangeExtension(AppProgram.Path.TrimStart('/'), "csx");
        File.Copy(RepositoryRoot.Combine("web", source), Path.Combine(web, source), overwrite: true);
        File.WriteAllText(Path.Combine(web, Path.ChangeExtension(AppProgram.AllocatedPath.TrimStart('/'), "csx")), AllocatedModule);
        return web;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The port stands in nginx's file, not among its arguments: a shell puts it there.</summary>
    private ServerCommand Nginx(string name, string answer)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, $"{name}.template"),
            Configuration.Replace("ANSWER", answer, StringComparison.Ordinal));
        return new ServerCommand("nginx", "sh",
            ["-c", $"cd {_folder.FullName} && sed s/PORT/{{port}}/ {name}.template > {name}.conf && exec nginx -p {_folder.FullName} -c "
                + $"{name}.conf"]);
    }

    private void Write(string name)
    {
        const int Piece = 1024 * 1024;
        using var file = File.Create(Path.Combine(Root, name));
        for (int left = SizeOf(name); left > 0; left -= Piece)
            file.Write(new byte[Math.Min(left, Piece)]);
    }

    private static int SizeOf(string name) => name switch
    {
        "1k.txt" => 1024,
        "10k.txt" => 10 * 1024,
        Largest => 100 * 1024 * 1024,
        _ => 1024 * 1024,
    };
}
