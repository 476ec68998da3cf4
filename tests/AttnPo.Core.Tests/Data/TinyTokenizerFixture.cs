using AttnPo.Core.Data;
using AttnPo.Core.Text;

namespace AttnPo.Core.Tests.Data;

/// <summary>The tiny task's tokenizer as its writer leaves it on disk.</summary>
public sealed class TinyTokenizerFixture : IDisposable
{
    public TinyTokenizerFixture()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("attnpo-tokenizer-").FullName;
        TinyTask.WriteTokenizer(Directory);
        Tokenizer = Tokenizer.Load(Directory);
    }

    public string Directory { get; }

    public Tokenizer Tokenizer { get; }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
