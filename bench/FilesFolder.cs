namespace AsyncServer.Bench;

/// <summary>A folder of files of round sizes, and nginx to serve it as Debian's package is set up, with one worker.</summary>
internal sealed class FilesFolder : IDisposable
{
    private const string Configuration = """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr error;
        events { worker_connections 8192; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000000;
          types { text/plain txt; }
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          server { listen 127.0.0.1:PORT; root site; }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-bench");

    public FilesFolder()
    {
        Directory.CreateDirectory(Root);
        foreach (string name in Names)
            File.WriteAllBytes(Path.Combine(Root, name), new byte[SizeOf(name)]);
        File.WriteAllText(Path.Combine(_folder.FullName, "template"), Configuration);
    }

    public static IReadOnlyList<string> Names { get; } = ["1k.txt", "10k.txt", "1m.txt"];

    public string Root => Path.Combine(_folder.FullName, "site");

    /// <summary>The port stands in nginx's file, not among its arguments: a shell puts it there.</summary>
    public ServerCommand Nginx() => new("nginx", "sh",
        ["-c", $"cd {_folder.FullName} && sed s/PORT/{{port}}/ template > nginx.conf && exec nginx -p {_folder.FullName} -c nginx.conf"]);

    public void Dispose() => _folder.Delete(recursive: true);

    private static int SizeOf(string name) => name switch { "1k.txt" => 1024, "10k.txt" => 10 * 1024, _ => 1024 * 1024 };
}
