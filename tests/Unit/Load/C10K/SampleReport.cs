using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

/// <summary>Levels as an experiment might find them: all served, some served, not started.</summary>
internal static class SampleReport
{
    internal static ExperimentReport Make() => new()
    {
        Title = "C10K <sample>",
        Lead = "One server, many connections.",
        Facts = [("Command", "c10k --models all"), ("Commit", "abc1234")],
        Remarks = ["half of it: memory"],
        Levels =
        [
            Served("coroutine", 100, 100), Served("coroutine", 1000, 1000),
            Served("threads", 100, 100), Served("threads", 1000, 640) with { Stopped = "time: 40 s for opening" },
            NotRun("select", 100), NotRun("select", 1000),
        ],
    };

    internal static LevelResult Served(string model, int connections, int served)
    {
        var opening = new PhaseTally();
        for (int i = 0; i < served; i++)
            opening.Add(Outcome.Served, TimeSpan.FromMilliseconds(1 + i % 10));
        for (int i = served; i < connections - 10; i++)
            opening.Add(Outcome.Unanswered, TimeSpan.FromSeconds(1));
        var phase = new PhaseResult { Wanted = connections, Tally = opening, Seconds = 1.5, CpuTime = TimeSpan.FromMilliseconds(200) };
        return new LevelResult
        {
            Model = ServerModel.All.Single(each => each.Name == model),
            Connections = connections,
            Opening = phase,
            Again = phase with { Wanted = served, Tally = Tally(served) },
            Active = phase with { Wanted = 50, Tally = Tally(50) },
            Before = new ProcessTree(1, 10, 20L << 20, TimeSpan.Zero),
            Full = new ProcessTree(1, 10 + served, (20L << 20) + served * 2048L, TimeSpan.FromSeconds(1)),
            MachineBytes = 64L << 20,
            Curve = [new OpeningSample(TimeSpan.Zero, 0, 0), new OpeningSample(TimeSpan.FromSeconds(1.5), served, 64L << 20)],
        };
    }

    private static PhaseTally Tally(int served)
    {
        var tally = new PhaseTally();
        for (int i = 0; i < served; i++)
            tally.Add(Outcome.Served, TimeSpan.FromMilliseconds(2));
        return tally;
    }

    private static LevelResult NotRun(string model, int connections) => new()
    {
        Model = ServerModel.All.Single(each => each.Name == model),
        Connections = connections,
        CouldNotRun = "could not start: \"select\", it said, is <not> here",
    };
}
