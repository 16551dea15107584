namespace AsyncServer.Runtime;

/// <summary>What a coroutine serves: it is taken down when its coroutine fails or is given up.</summary>
internal interface IServed
{
    void Abort();
}
