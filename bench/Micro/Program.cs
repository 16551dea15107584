using AsyncServer.Micro;
using BenchmarkDotNet.Running;

// In this process: BenchmarkDotNet's own projects would be built by the rules of this repository.
if (args is ["sleepers", .. var rest])
    return SleepersRun.Run(rest);
return BenchmarkSwitcher.FromAssembly(typeof(SleepersRun).Assembly).Run([.. args, "--inProcess"])
    .Any(static summary => summary.HasCriticalValidationErrors) ? 1 : 0;
