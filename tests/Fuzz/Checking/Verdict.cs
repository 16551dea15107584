namespace AsyncServer.Fuzz;

/// <summary>Holds what came back against what was expected.</summary>
/// <param name="knowsApp">Whether <see cref="EchoSite"/> answers; else only framing, number and refusals are known.</param>
internal sealed class Verdict(bool knowsApp)
{
    /// <summary>A conversation that took so long may have met a deadline of the server, which is then right.</summary>
    internal static readonly TimeSpan MayBeLate = TimeSpan.FromSeconds(3);

    /// <returns>What is wrong; null when nothing is.</returns>
    internal string? Judge(Conversation conversation, FuzzEnd end)
    {
        if (end == FuzzEnd.Reset)
            return null; // nothing was read
        if (!conversation.HasEnded)
            return $"the connection did not end within {conversation.Took.TotalSeconds:F0} s";
        var reader = new AnswerReader(conversation.Received, conversation.Methods, isOver: true);
        List<Answer> answers;
        try
        {
            answers = reader.ReadAll();
        }
        catch (FormatException exception)
        {
            return "unparsable: " + exception.Message;
        }
        if (reader.IsCut)
            return $"answer {answers.Count + 1} is cut off";
        bool mayBeLate = end == FuzzEnd.Wait || conversation.Took > MayBeLate;
        return Judge(conversation.Expectations, answers, mayBeLate);
    }

    private string? Judge(IReadOnlyList<Expectation> expectations, List<Answer> answers, bool mayBeLate)
    {
        for (int i = 0; i < expectations.Count; i++)
        {
            var expectation = expectations[i];
            if (i == answers.Count)
                return expectation.Kind == MessageKind.CutHead || mayBeLate ? null : $"message {i + 1} ({expectation.Kind}) has no answer";
            var answer = answers[i];
            bool isLate = mayBeLate && answer is { Status: 408, EndsConnection: true };
            if (!isLate && JudgeOne(expectation, answer) is { } mistake)
                return $"message {i + 1} ({expectation.Kind} {expectation.Method}): {mistake}";
            if (answer.Interim > (expectation.MayContinue ? 1 : 0))
                return $"message {i + 1} got {answer.Interim} interim responses";
            if (answer.EndsConnection || !expectation.KeepAlive)
                return i + 1 == answers.Count ? null : $"{answers.Count - i - 1} answers after answer {i + 1}, which ends the connection";
        }
        return answers.Count <= expectations.Count ? null : $"{answers.Count} answers to {expectations.Count} messages";
    }

    private string? JudgeOne(Expectation expectation, Answer answer)
    {
        switch (expectation.Kind)
        {
            case MessageKind.CutHead:
                return $"status {answer.Status} to a part of a head";
            case MessageKind.Refused:
                return Expect(answer, expectation.Status);
            case MessageKind.BrokenBody or MessageKind.CutBody when expectation.ReadsAll && knowsApp:
                return Expect(answer, expectation.Status);
            case MessageKind.BrokenBody or MessageKind.CutBody when answer.Status == expectation.Status:
                return Expect(answer, expectation.Status);
        }
        if (answer.Status >= 500)
            return $"status {answer.Status}";
        if (!knowsApp)
            return null;
        if (answer.EndsConnection && !expectation.MayClose)
            return "the connection ends without a need";
        if (expectation.Echo is null)
            return answer.Status == 204 ? null : $"status {answer.Status} instead of 204";
        if (answer.Status != 200)
            return $"status {answer.Status} instead of 200";
        // A body that is not whole may have been seen in part.
        if (expectation.Kind != MessageKind.Whole)
            return null;
        if (answer[EchoSite.Header] != expectation.Echo)
            return $"answered as '{answer[EchoSite.Header]}' instead of '{expectation.Echo}'";
        string body = expectation.Method == "HEAD" ? "" : expectation.IsStreamed
            ? string.Concat(Enumerable.Repeat(expectation.Echo + "\n", EchoSite.StreamedPieces)) : expectation.Echo;
        return answer.Body == body ? null : "the body is not that of the answer";
    }

    private static string? Expect(Answer answer, int status) =>
        answer.Status != status ? $"status {answer.Status} instead of {status}"
        : !answer.EndsConnection ? "the connection goes on after a refusal"
        : null;
}
