using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AttnPo.Core.Data;
using AttnPo.Host.Models;

namespace AttnPo.Host.Evaluations;

/// <summary>
/// What decides the rows of an evaluation, as names and values in words. An evaluation goes on where another stopped only if all of
/// it is the same.
/// </summary>
internal static class EvaluationIdentity
{
    // Shown to people, and compared with one other: half of it would do.
    private const int HashLetters = 32;

    // What a folder holds that nothing reads while responses are generated and judged.
    private static readonly string[] Idle = [ModelFolder.HeadsFile, "LICENSE", "README.md"];

    /// <summary>The content of a model's folder: all weights, since two checkpoints of a run differ in nothing else.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read.</exception>
    public static string OfModel(ModelFolder folder)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.GetFiles(folder.Directory)
            .Where(file => Path.GetExtension(file) is ".safetensors" or ".json" or ".txt" or ".jinja" && !Idle.Contains(Path.GetFileName(file)))
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (PlainFile.IsEmpty(file)) continue;
            using var stream = new FileStream(PlainFile.Open(file), FileAccess.Read, 1);
            Add(whole, Path.GetFileName(file));
            whole.AppendData(SHA256.HashData(stream));
        }

        return Name(whole);
    }

    /// <summary>The questions as the model is asked them, with the right answers.</summary>
    public static string OfQuestions(IPromptSet prompts, DataSets sets)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < sets.Count; i++)
        {
            var prompt = prompts[i];
            Add(whole, sets.Of(i).Name);
            Add(whole, prompt.Text);
            Add(whole, prompt.Gold.Kind.ToString());
            Add(whole, prompt.Gold.Text);
        }

        return Name(whole);
    }

    /// <summary>How the sets are asked: one value where it is the same for all, else that of each.</summary>
    public static string Of(DataSets sets, Func<DataSet, double> value)
    {
        var all = sets.All;
        return all.Select(value).Distinct().Count() == 1
            ? value(all[0]).ToString(CultureInfo.InvariantCulture)
            : string.Join(", ", all.Select(set => string.Create(CultureInfo.InvariantCulture, $"{set.Name} {value(set)}")));
    }

    // With its length in front, so that two texts in a row are no other two.
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    private static string Name(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..HashLetters];
}
